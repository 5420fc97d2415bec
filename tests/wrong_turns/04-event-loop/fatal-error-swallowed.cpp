// Name: A fatal error that is only reported
// Says: your loop reports a FatalError like any other, and goes on
// Caught-by: Step6_Exceptions.AFatalErrorLeavesTheLoop

//: 4.6
inline void EventLoop::handle_exception(const std::string& source) {
  try {
    throw;
  } catch (...) {
    call_exception_handler({"an exception left " + source, std::current_exception(), source});
  }
}
