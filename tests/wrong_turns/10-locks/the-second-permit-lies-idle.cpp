// Name: Waking nobody after a turn was taken
// Says: your task takes its permit and does not look whether there is another one; who came
//   meanwhile sleeps beside it
// Caught-by: Step4_Semaphore.APermitIsReservedForTheOneWhoWasWoken

//: 10.3
template <class Subject>
void Acquire<Subject>::take_in_turn() {
  try {
    turn_->await_resume();
  } catch (...) {
    subject_.wake();
    throw;
  }
  subject_.take();
}
