// Name: run() leaves tasks behind
// Says: your run() closes the loop over tasks that are in the middle of something: they end without
//   having cleaned up
// From: programs before asyncio.run, which closed the loop by hand
// Caught-by: Step7_Run.CleansUpWhatIsLeftOver

//: 7.7
inline void Runner::close(Delay patience) {
  if (loop_.is_closed()) return;
  detail::check_nothing_runs("Runner::close");
  const detail::CloseAtLast closing(loop_);
  const std::vector<TaskRef> left = all_tasks(loop_);
  for (const TaskRef& task : left) report_failure(task);
  for (const auto& each : loop_.attachments()) {
    if (auto* service = dynamic_cast<Service*>(each.get())) end_service(*service, patience);
  }
}
