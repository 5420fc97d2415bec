// Name: An exception leaves the loop open
// Says: your close() closes the loop in its last line; an exception never gets there
// Caught-by: Step7_Run.ClosesTheLoopWhateverHappens

//: 7.7
inline void Runner::close(Delay patience) {
  if (loop_.is_closed()) return;
  detail::check_nothing_runs("Runner::close");
  const std::vector<TaskRef> left = all_tasks(loop_);
  for (const TaskRef& task : left) task.cancel();
  detail::run_until_all_done(loop_, left);
  for (const TaskRef& task : left) report_failure(task);
  for (const auto& each : loop_.attachments()) {
    if (auto* service = dynamic_cast<Service*>(each.get())) end_service(*service, patience);
  }
  loop_.close();
}
