// Name: run() asks and does not wait
// Says: your run() asks the remaining tasks to stop, and does not wait until they have
// Caught-by: Step7_Run.WaitsForWhatCleansUpSlowly

//: 7.7
inline void Runner::close(Delay patience) {
  if (loop_.is_closed()) return;
  detail::check_nothing_runs("Runner::close");
  const detail::CloseAtLast closing(loop_);
  const std::vector<TaskRef> left = all_tasks(loop_);
  for (const TaskRef& task : left) task.cancel();
  for (const TaskRef& task : left) report_failure(task);
  for (const auto& each : loop_.attachments()) {
    if (auto* service = dynamic_cast<Service*>(each.get())) end_service(*service, patience);
  }
}
