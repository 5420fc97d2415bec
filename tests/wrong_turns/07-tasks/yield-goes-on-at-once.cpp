// Name: A yield that resumes the task
// Says: your yield() goes on in the same step, so the others have no turn
// Caught-by: Step3_Park.YieldingGoesToTheBackOfTheQueue

//: 7.3
inline void TaskBase::yield(std::coroutine_handle<> leaf) {
  leaf_ = leaf;
  run();
}
