// Name: Cleaning up one after the other
// Says: you cancel one and wait for it, then the next: the cleanups take the sum of their times
// Caught-by: Step7_Run.AsksAllBeforeItWaits

//: 7.7
inline void Runner::close(Delay patience) {
  if (loop_.is_closed()) return;
  detail::check_nothing_runs("Runner::close");
  const detail::CloseAtLast closing(loop_);
  const std::vector<TaskRef> left = all_tasks(loop_);
  for (const TaskRef& task : left) {
    task.cancel();
    detail::run_until_done(loop_, task.task());
  }
  for (const TaskRef& task : left) report_failure(task);
  for (const auto& each : loop_.attachments()) {
    if (auto* service = dynamic_cast<Service*>(each.get())) end_service(*service, patience);
  }
}
