// Name: The handles of cancelled jobs are kept
// Says: you leave before you forget the handle of a job that was cancelled
// Caught-by: Fix7c_Background.KnowsWhoIsLeft, Fix7c_Background.ACancelledJobHasNotFailed

void Background::start(aio::Coro<> job) {
  const aio::Task<> task = aio::create_task(std::move(job));
  jobs_.push_back(task);
  task.add_done_callback([this](aio::Task<>& ended) {
    if (ended.cancelled()) return;
    std::erase(jobs_, ended);
    if (const std::exception_ptr failure = ended.exception()) on_failure_(failure);
  });
}
