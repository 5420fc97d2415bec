// Name: Whoever is woken goes on without the lock
// Says: your task is woken for the lock, and goes on without taking it
// Caught-by: Step3_Lock.WaitersGetItInTheOrderOfArrival

//: 10.3
template <class Subject>
void Acquire<Subject>::take_in_turn() {
  try {
    turn_->await_resume();
  } catch (...) {
    subject_.wake();
    throw;
  }
  subject_.wake();
}
