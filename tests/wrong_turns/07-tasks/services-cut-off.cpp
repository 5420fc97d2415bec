// Name: The loop closes over its services
// Says: your close() asks no Service to end: what it has begun is lost
// Caught-by: Step7_Run.EndsTheServicesOfTheLoop

//: 7.7
inline void Runner::close(Delay patience) {
  if (loop_.is_closed()) return;
  detail::check_nothing_runs("Runner::close");
  const detail::CloseAtLast closing(loop_);
  const std::vector<TaskRef> left = all_tasks(loop_);
  for (const TaskRef& task : left) task.cancel();
  detail::run_until_all_done(loop_, left);
  for (const TaskRef& task : left) report_failure(task);
  (void)patience;
}
