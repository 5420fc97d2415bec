// Name: Roots only
// Says: your tree begins with tasks that nobody waits for, and in a circle there is none
// Caught-by: Step3_Tree.ShowsACircleThatNobodyElseWaitsFor

//: 16.3
inline std::string TaskForest::tree(bool with_places) const {
  const std::vector<bool> none(nodes_.size());
  Telling telling{with_places, none, none, {}, {}, {}};
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i].awaited_by.empty()) tell_from(i, telling);
  }
  for (const Resident* each : others_) telling.text += "\n  " + each->describe();
  return std::move(telling.text);
}
