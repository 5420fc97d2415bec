// Name: Lives as long as its handle
// Says: your child lives as long as its Process, and nobody reaps one that was left to itself
// Caught-by: Step4_Child.IsReapedWithoutItsProcess

//: 14.4
inline ChildProcess::ChildProcess(EventLoop& loop, const std::vector<std::string>& words,
                                  ChildDescriptors& ends, const ProcessOptions& options)
    : EventSink([](EventSink& sink, EventLoop&, PollEvent) {
        static_cast<ChildProcess&>(sink).child_ended();
      }),
      input(std::move(ends.input)),
      output(std::move(ends.output)),
      errors(std::move(ends.errors)),
      child_(loop, spawn(words, options, ends)),
      leads_group_(options.leads_group()) {
  child_.watch(*this, *this);
  loop.admit(*this);
}
