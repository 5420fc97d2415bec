// Name: Another job's handle is forgotten
// Says: you remember the place of each handle; when others leave the list, another one stands there
// Caught-by: Fix7c_Background.KnowsWhoIsLeft

void Background::start(aio::Coro<> job) {
  const aio::Task<> task = aio::create_task(std::move(job));
  const auto place = static_cast<std::ptrdiff_t>(jobs_.size());
  jobs_.push_back(task);
  task.add_done_callback([this, place](aio::Task<>& ended) {
    jobs_.erase(jobs_.begin() + std::min<std::ptrdiff_t>(place, std::ssize(jobs_) - 1));
    if (ended.cancelled()) return;
    if (const std::exception_ptr failure = ended.exception()) on_failure_(failure);
  });
}
