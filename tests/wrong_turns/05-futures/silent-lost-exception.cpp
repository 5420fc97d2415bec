// Name: A failure is lost in silence
// Says: your future goes with an exception that nobody has seen, and nobody ever will
// From: std::future, which drops an exception that nobody gets, and Node.js, which did so with
//   rejections before version 6.6
// Caught-by: Step5_Unretrieved.AFailureThatNobodyAskedForIsReported,
//   Step5_Unretrieved.OnlyWhenTheLastHandleGoes, Step5_Unretrieved.ACallbackThatAsksSilencesIt

//: 5.5
inline void FutureBase::report_unretrieved(const std::exception_ptr& exception) noexcept {
  return;
  try {
    anchor_->loop->call_exception_handler(
        {"the exception of a " + describe() + " was never retrieved", exception, describe()});
  } catch (...) {  // a destructor cannot let it out
    std::fprintf(stderr, "loopwright: the exception handler failed fatally in a destructor\n");
  }
}
