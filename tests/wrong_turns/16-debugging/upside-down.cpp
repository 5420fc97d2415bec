// Name: Upside down
// Says: your tree has each task above the one that it waits for, from the wrong end
// Caught-by: Step3_Tree.ShowsATaskBelowTheOneThatWaitsForIt, Step3_Tree.GoesBackUpToTellTheNext

//: 16.3
inline void TaskForest::add_waiting(std::size_t awaited, std::size_t waiting) {
  std::vector<std::size_t>& by = nodes_[waiting].awaited_by;
  if (std::ranges::find(by, awaited) != by.end()) return;
  by.push_back(awaited);
  nodes_[awaited].awaits.push_back(waiting);
}
