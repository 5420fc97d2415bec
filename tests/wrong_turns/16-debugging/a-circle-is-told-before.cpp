// Name: A circle is told before
// Says: your tree takes a circle for a task that several wait for
// Caught-by: Step3_Tree.MarksACircleWhereItCloses

//: 16.3
inline void TaskForest::tell(Line line, Telling& telling) const {
  constexpr std::size_t widest = 40;
  const Node& node = nodes_[line.node];
  while (telling.path.size() > line.depth) {
    telling.above[telling.path.back()] = false;
    telling.path.pop_back();
  }
  telling.text += "\n" + std::string(2 + 2 * std::min(line.depth, widest), ' ');
  const std::string name = "task " + std::string(node.task->name());
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
