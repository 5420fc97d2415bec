// Name: Handles of ended jobs pile up
// Says: you tell that a job failed, and keep its handle for ever
// Caught-by: Fix7c_Background.ForgetsWhatHasEnded

void Background::start(aio::Coro<> job) {
  const aio::Task<> task = aio::create_task(std::move(job));
  jobs_.push_back(task);
  task.add_done_callback([this](aio::Task<>& ended) {
    if (ended.cancelled()) return;
    if (const std::exception_ptr failure = ended.exception()) on_failure_(failure);
  });
}
