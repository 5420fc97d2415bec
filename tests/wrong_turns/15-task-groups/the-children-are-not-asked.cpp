// Name: The children are not asked
// Says: your owner is asked to stop, and its children are not
// Caught-by: Step3_Cancel.ReachesTheChildren

//: 15.3
inline void TaskGroup::owner_cancelled(std::exception_ptr request) {
  cancelled_ = std::move(request);
}
