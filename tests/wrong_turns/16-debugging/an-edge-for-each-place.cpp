// Name: An edge for each place
// Says: your tree tells a task twice that another one waits for in two ways
// Caught-by: Step3_Tree.TellsAnEdgeOnce

//: 16.3
inline void TaskForest::add_waiting(std::size_t awaited, std::size_t waiting) {
  nodes_[awaited].awaited_by.push_back(waiting);
  nodes_[waiting].awaits.push_back(awaited);
}
