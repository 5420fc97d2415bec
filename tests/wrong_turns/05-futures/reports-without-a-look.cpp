// Name: A report for those who have asked
// Says: your report_unretrieved reports every failure, and does not look whether somebody has asked
// Caught-by: Step5_Unretrieved.WhoAsksSilencesIt, Step5_Unretrieved.ACallbackThatAsksSilencesIt

//: 5.5
inline void FutureBase::report_unretrieved(const std::exception_ptr& exception) noexcept {
  if (anchor_->loop == nullptr) return;
  try {
    const std::string message = "the exception of a " + describe() + " was never retrieved";
    anchor_->loop->call_exception_handler({message, exception, describe()});
  } catch (...) {
    std::fprintf(stderr, "loopwright: a failure could not be reported\n");
  }
}
