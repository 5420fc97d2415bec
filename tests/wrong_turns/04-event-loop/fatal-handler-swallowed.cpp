// Name: A fatal decision of the handler that is ignored
// Says: your loop reports a FatalError of the exception handler, and goes on
// Caught-by: Step6_Exceptions.AFatalErrorOfTheHandlerLeavesTheLoop

//: 4.6
inline void EventLoop::call_exception_handler(const ExceptionContext& context) {
  const auto handler = handler_;  // it may replace itself
  if (handler == nullptr) return detail::report_to_stderr(context);
  try {
    (*handler)(context);
  } catch (...) {
    detail::report_failed_handler(context);
  }
}
