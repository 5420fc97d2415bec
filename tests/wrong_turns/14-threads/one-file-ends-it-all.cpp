// Name: One file ends it all
// Says: a file that cannot be read fails all the others
// Caught-by: Use14d_Fingerprints.OneThatCannotBeMadeSpoilsNoOther

//: use-14d
aio::Coro<std::vector<std::string>> fingerprints(std::vector<std::filesystem::path> files,
                                                 Fingerprint of, std::size_t at_once,
                                                 Progress progress) {
  aio::ExecutorOptions options;
  options.threads = at_once;
  const aio::Executor threads(options);
  const auto told = std::make_shared<std::pair<std::size_t, Progress>>(0, std::move(progress));
  const std::size_t count = files.size();
  const auto one = [threads, of, told,
                    count](std::filesystem::path file) -> aio::Coro<std::string> {
    return [](aio::Executor on, Fingerprint make, std::filesystem::path which,
              std::shared_ptr<std::pair<std::size_t, Progress>> tell,
              std::size_t all_files) -> aio::Coro<std::string> {
      std::string print = co_await on.run(make, which);
      tell->second(++tell->first, all_files);
      co_return print;
    }(threads, of, std::move(file), told, count);
  };
  std::vector<aio::Coro<std::string>> all;
  for (const std::filesystem::path& file : files) all.push_back(one(file));
  co_return co_await aio::gather(std::move(all));
}
