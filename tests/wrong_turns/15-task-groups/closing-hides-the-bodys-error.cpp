// Name: Closing hides the error
// Says: your with() throws what closing has failed with, and forgets what the body has
// Caught-by: Step5_With.TwoErrorsAreThrownTogether

//: 15.5
[[noreturn]] inline void throw_both(std::exception_ptr body, std::exception_ptr closing) {
  const bool was_asked = is_cancelled_error(body), is_asked = is_cancelled_error(closing);
  if (body != nullptr && was_asked != is_asked) request_again();
  std::rethrow_exception(body != nullptr && is_asked ? body : closing);
}
