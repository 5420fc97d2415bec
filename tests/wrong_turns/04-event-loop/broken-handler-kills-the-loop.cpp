// Name: A handler that ends the loop
// Says: your loop ends when the exception handler itself throws
// Caught-by: Step6_Exceptions.AHandlerThatThrowsIsReportedItself

//: 4.6
inline void EventLoop::call_exception_handler(const ExceptionContext& context) {
  const auto handler = handler_;  // it may replace itself
  if (handler == nullptr) return detail::report_to_stderr(context);
  (*handler)(context);
}
