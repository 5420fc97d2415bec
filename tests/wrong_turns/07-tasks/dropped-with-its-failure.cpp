// Name: The handle is dropped
// Says: you keep no handle and look at no outcome: the runtime reports the failure, and on_failure
//   hears nothing
// Caught-by: Fix7c_Background.TellsThatAJobFailed

void Background::start(aio::Coro<> job) { aio::create_task(std::move(job)); }
