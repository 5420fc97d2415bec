// Name: The last one first
// Says: your tree tells what a task waits for in the wrong order
// Caught-by: Step3_Tree.TellsWhatIsAwaitedInTheOrderOfTheTasks

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
  for (const std::size_t next : node.awaits) telling.to_come.push_back({next, line.depth + 1});
}
