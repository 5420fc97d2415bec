// Name: Taking back more than was given out
// Says: your bounded semaphore takes one permit more than it began with
// Caught-by: Step4_Semaphore.ABoundedOneRefusesMoreThanItBeganWith

//: 10.4
inline void Semaphore::release() {
  if (free_ > most_) throw InvalidStateError("release: this semaphore has all its permits");
  ++free_;
  wake();
}
