// Name: Closing swallows a request
// Says: your with() loses the request to stop when closing fails
// Caught-by: Step5_With.ARequestToStopOutlastsAnErrorOfClosing

//: 15.5
[[noreturn]] inline void throw_both(std::exception_ptr body, std::exception_ptr closing) {
  const bool was_asked = is_cancelled_error(body), is_asked = is_cancelled_error(closing);
  if (body != nullptr && !was_asked && !is_asked) {
    throw ExceptionGroup("what was used has failed, and so has closing it", {body, closing});
  }
  std::rethrow_exception(body != nullptr && is_asked ? body : closing);
}
