// Name: Whoever is cancelled stops waiting
// Says: your owner stops waiting for its children when it is asked to stop
// Caught-by: Step3_Cancel.ReachesTheChildren

//: 15.1
inline Coro<> TaskGroup::wait_for_children() {
  try {
    while (!children_.empty()) {
      co_await detail::Turn(last_child_, "the children of a task group");
    }
  } catch (const CancelledError&) {
    if (!aborting_) owner_cancelled(std::current_exception());
  }
}
