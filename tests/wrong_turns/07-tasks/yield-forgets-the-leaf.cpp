// Name: After a yield, the task goes on elsewhere
// Says: your yield() does not keep where it was: the next step begins in another coroutine
// Caught-by: Step3_Park.TheInnermostCoroutineGoesOnAfterAYield

//: 7.3
inline void TaskBase::yield(std::coroutine_handle<> leaf) {
  (void)leaf;
  home().call_soon(*this);
}
