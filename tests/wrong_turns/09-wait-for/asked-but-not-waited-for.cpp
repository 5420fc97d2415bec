// Name: Asking the task to stop and leaving
// Says: your function asks its task to stop and returns at once, while the task still cleans up
// Caught-by: Fix9d_Leak.WorkThatIsTooLateHasEnded

aio::Coro<std::optional<std::string>> answer_within(aio::Coro<std::string> work, aio::Delay limit) {
  const auto task = aio::create_task(std::move(work));
  const std::vector all(1, task);
  co_await aio::wait(all, aio::ReturnWhen::all_completed, limit);
  if (task.done()) co_return task.result();
  task.cancel();
  co_return std::nullopt;
}
