// Name: A thread tells how far it is
// Says: your progress is told by threads, several at a time
// Caught-by: Use14d_Fingerprints.TheLoopHearsOfEach

//: use-14d
aio::Coro<std::vector<std::string>> fingerprints(std::vector<std::filesystem::path> files,
                                                 Fingerprint of, std::size_t at_once,
                                                 Progress progress) {
  aio::ExecutorOptions options;
  options.threads = at_once;
  const aio::Executor threads(options);
  const auto done = std::make_shared<std::atomic<std::size_t>>(0);
  const std::size_t count = files.size();
  const auto one = [of, progress, done, count](const std::filesystem::path& file) {
    std::string print;
    try {
      print = of(file);
    } catch (const std::exception& error) {
      print = std::string("error: ") + error.what();
    }
    progress(++*done, count);
    return print;
  };
  std::vector<aio::Coro<std::string>> all;
  for (const std::filesystem::path& file : files) all.push_back(threads.run(one, file));
  co_return co_await aio::gather(std::move(all));
}
