// Name: Stopping the task only when the time is over
// Says: your function stops its task when the time is over, but not when it is cancelled itself
// Caught-by: Fix9d_Leak.CancellingTheOneWhoWaitsStopsTheWork

aio::Coro<std::optional<std::string>> answer_within(aio::Coro<std::string> work, aio::Delay limit) {
  const auto task = aio::create_task(std::move(work));
  const std::vector all(1, task);
  co_await aio::wait(all, aio::ReturnWhen::all_completed, limit);
  if (task.done()) co_return task.result();
  task.cancel();
  co_await aio::wait(all);
  co_return std::nullopt;
}
