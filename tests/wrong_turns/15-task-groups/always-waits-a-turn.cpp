// Name: Waits for nobody
// Says: your block suspends its owner although it has no children
// Caught-by: Step1_Block.WithoutChildrenDoesNotWait

//: 15.1
inline Coro<> TaskGroup::wait_for_children() {
  co_await sleep(std::chrono::seconds(0));
  while (!children_.empty()) {
    try {
      co_await detail::Turn(last_child_, "the children of a task group");
    } catch (const CancelledError&) {
      if (!aborting_) owner_cancelled(std::current_exception());
    }
  }
}
