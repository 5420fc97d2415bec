// Name: Above for ever
// Says: your tree does not go back up: what was once on the way down is a circle from then on
// Caught-by: Step3_Tree.MarksACircleWhereItCloses

//: 16.3
inline void TaskForest::tell(Line line, Telling& telling) const {
  constexpr std::size_t widest = 40;
  const Node& node = nodes_[line.node];
  telling.text += "\n" + std::string(2 + 2 * std::min(line.depth, widest), ' ');
  const std::string name = "task " + std::string(node.task->name());
  if (telling.above[line.node]) {
    telling.text += name + ", as above: they wait for each other in a circle";
    return;
  }
  if (telling.told[line.node]) {
    telling.text += name + ", as told before";
    return;
  }
  telling.text += state_of(node, telling.with_places);
  telling.told[line.node] = telling.above[line.node] = true;
  telling.path.push_back(line.node);
  for (auto next = node.awaits.rbegin(); next != node.awaits.rend(); ++next) {
    telling.to_come.push_back({*next, line.depth + 1});
  }
}
