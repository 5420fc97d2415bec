// Name: A handler that nobody keeps
// Says: your call_exception_handler keeps no copy of the handler, which is destroyed when it
//   replaces itself
// Caught-by: Step6_Exceptions.TheHandlerMayReplaceItself

//: 4.6
inline void EventLoop::call_exception_handler(const ExceptionContext& context) {
  if (!handler_) return detail::report_to_stderr(context);
  try {
    (*handler_)(context);
  } catch (const FatalError&) {
    throw;
  } catch (...) {
    detail::report_failed_handler(context);
  }
}
