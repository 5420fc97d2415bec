// Name: Asked again
// Says: your group asks its children to stop each time its owner is asked
// Caught-by: Step3_Cancel.ASecondRequestDoesNotStopTheChildrenTwice

//: 15.1
inline Coro<> TaskGroup::wait_for_children() {
  while (!children_.empty()) {
    try {
      co_await detail::Turn(last_child_, "the children of a task group");
    } catch (const CancelledError&) {
      owner_cancelled(std::current_exception());
    }
  }
}
