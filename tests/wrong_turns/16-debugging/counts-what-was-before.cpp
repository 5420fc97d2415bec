// Name: Counts what was before
// Says: your figures count iterations from the loop's beginning, not from yours
// Caught-by: Step1_Observer.CountsFromWhenItBegan

//: 16.1
inline LoopFigures LoopStatistics::figures() const {
  LoopFigures now = figures_;
  now.iterations = detail::LoopEntry::of(loop_).iterations;
  now.tasks = all_tasks(loop_).size();
  return now;
}
