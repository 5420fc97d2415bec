// Name: An exception that nobody hears of
// Says: your loop swallows exceptions without a report
// Caught-by: Step6_Exceptions.TheOthersStillRun

//: 4.6
inline void EventLoop::handle_exception(const std::string& source) {
  try {
    throw;
  } catch (const FatalError&) {
    throw;
  } catch (...) {
    (void)source;
  }
}
