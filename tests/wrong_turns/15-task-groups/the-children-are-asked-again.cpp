// Name: Asked again
// Says: your group asks its children to stop each time its owner is asked
// Caught-by: Step3_Cancel.ASecondRequestDoesNotStopTheChildrenTwice

//: 15.3
inline void TaskGroup::owner_cancelled(std::exception_ptr request) {
  cancelled_ = std::move(request);
  abort();
}
