// Name: The request is swallowed
// Says: your group passes a request to stop on to its children, and forgets to throw it
// Caught-by: Step3_Cancel.ReachesTheChildren

//: 15.3
inline void TaskGroup::owner_cancelled(std::exception_ptr request) {
  static_cast<void>(request);
  abort();
}
