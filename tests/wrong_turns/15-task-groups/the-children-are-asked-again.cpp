// Name: Asked again
// Says: your group asks its children to stop each time its owner is asked
// Caught-by: Step3_Cancel.ASecondRequestDoesNotStopTheChildrenTwice

//: 15.1
inline Coro<> TaskGroup::wait_for_children() {
  while (!children_.empty()) {
    all_ended_.emplace();
    try {
      co_await *all_ended_;
    } catch (const CancelledError&) {
      owner_cancelled(std::current_exception());
    }
    all_ended_.reset();
  }
}
