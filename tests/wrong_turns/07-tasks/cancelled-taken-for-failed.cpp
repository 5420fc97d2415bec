// Name: A cancelled job is taken for a failed one
// Says: you ask a cancelled job for its exception: exception() throws CancelledError then
// From: the most common done callback of asyncio programs
// Caught-by: Fix7c_Background.ACancelledJobHasNotFailed

void Background::start(aio::Coro<> job) {
  const aio::Task<> task = aio::create_task(std::move(job));
  jobs_.push_back(task);
  task.add_done_callback([this](aio::Task<>& ended) {
    std::erase(jobs_, ended);
    if (const std::exception_ptr failure = ended.exception()) on_failure_(failure);
  });
}
