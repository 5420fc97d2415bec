// Name: A handler that is used once
// Says: your call_exception_handler moves the handler out, and the next report finds none
// Caught-by: Step6_Exceptions.AnythingThatIsThrownIsReported

//: 4.6
inline void EventLoop::call_exception_handler(const ExceptionContext& context) {
  const auto handler = std::move(handler_);
  if (!handler) return detail::report_to_stderr(context);
  try {
    (*handler)(context);
  } catch (const FatalError&) {
    throw;
  } catch (...) {
    detail::report_failed_handler(context);
  }
}
