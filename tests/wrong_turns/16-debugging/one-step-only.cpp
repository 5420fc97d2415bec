// Name: One step only
// Says: your tree sees tasks that wait for a task, and not those behind a gather or a shield
// Caught-by: Step3_Tree.FollowsEveryWayToWaitForOthers,
//   Step3_Tree.IsSeenThroughShieldsAroundShields

//: 16.3
inline void TaskForest::find_waiting(const FutureBase& awaited, std::size_t node, int depth) {
  awaited.for_each_waiter([&](const Ready& waiter) {
    const auto found = index_.find(waiter.for_whom());
    if (found != index_.end()) add_waiting(node, found->second);
  });
}
