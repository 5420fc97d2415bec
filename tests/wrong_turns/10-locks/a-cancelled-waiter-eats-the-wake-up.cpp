// Name: Leaving with the wake-up
// Says: your task was woken, is cancelled, and leaves; nobody wakes the next, and the lock is free
//   for nobody
// From: asyncio.Lock before 3.6.2 (bpo-27585)
// Caught-by: Step3_Lock.AWokenWaiterThatIsCancelledPassesTheWakeUpOn,
//   Step4_Semaphore.ACancelledTaskGivesItsPermitToTheNext

//: 10.3
template <class Subject>
void Acquire<Subject>::take_in_turn() {
  try {
    turn_->await_resume();
  } catch (...) {
    throw;
  }
  subject_.take();
  subject_.wake();
}
