// Name: An exception that ends the loop
// Says: your loop lets a callback's exception out, and everybody else stops with it
// Caught-by: Step6_Exceptions.TheOthersStillRun

//: 4.6
inline void EventLoop::handle_exception(const std::string& source) {
  (void)source;
  throw;
}
