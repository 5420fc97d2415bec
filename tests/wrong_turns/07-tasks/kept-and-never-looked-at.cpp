// Name: The handle is kept, and nobody looks at it
// Says: you keep the handle of each job, so that the runtime cannot report its exception, and never
//   look at it yourself
// From: the usual advice to keep background tasks in a set, without the callback that looks at them
// Caught-by: Fix7c_Background.TellsThatAJobFailed, Fix7c_Background.ForgetsWhatHasEnded

void Background::start(aio::Coro<> job) {
  const aio::Task<> task = aio::create_task(std::move(job));
  jobs_.push_back(task);
}
