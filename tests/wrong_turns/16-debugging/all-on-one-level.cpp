// Name: All on one level
// Says: your tree tells what a task waits for on the task's own level
// Caught-by: Step3_Tree.ShowsATaskBelowTheOneThatWaitsForIt, Step3_Tree.GoesBackUpToTellTheNext

//: 16.3
inline void TaskForest::tell(Line line, Telling& telling) const {
  const Node& node = nodes_[line.node];
  telling.text += "\n  ";
  const std::string name = "task " + std::string(node.task->name());
  if (telling.told[line.node]) {
    telling.text += name + ", as told before";
    return;
  }
  telling.text += state_of(node, telling.with_places);
  telling.told[line.node] = true;
  for (auto next = node.awaits.rbegin(); next != node.awaits.rend(); ++next) {
    telling.to_come.push_back({*next, line.depth + 1});
  }
}
