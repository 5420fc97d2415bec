"""Each pristine starter compiles and fails its own steps, by assertion or TODO. Written up to a
step, it passes the steps so far and fails the next one; for that, turns.py leaves bodies out."""

from kit import Build, Lesson, Problem, main, run


def check_steps(run, lesson, done):
    """The steps before `done` pass, the one at `done` does not, and without any done none does."""
    for index, step in enumerate(lesson.steps):
        prefix = f"Step{step.split('.')[1]}_"
        events = run.suite(prefix)
        if not events:
            raise Problem(f"step {step} has no test: suite {prefix}…")
        failed = [test for test, event in events.items() if event not in ("pass", "skip")]
        if index < done and failed:
            messages = "\n".join(run.messages[test] for test in failed)
            raise Problem(f"with {done} steps written, step {step} fails: {failed}\n{messages}")
        if (index == done or done == 0) and not failed:
            raise Problem(f"with {done} steps written, step {step} passes already")


def check_pristine(build, lesson):
    """The very files that a learner gets."""
    name = f"starters/{lesson.slug}-pristine"
    result = run(build.tests_of(lesson, build.starters(name), name))
    result.require_orderly(name)
    check_steps(result, lesson, 0)
    print(f"{name}: as it should be")


def check_layer(build, lesson):
    if not lesson.steps:
        return
    check_pristine(build, lesson)
    program = build.program(f"{lesson.number}.turns")
    for done, step in enumerate(lesson.steps):
        written = lesson.steps[done - 1].split(".")[1] if done else "0"
        result = run(program, LOOPWRIGHT_WRITTEN=written)
        result.require_orderly(f"{lesson.slug}, written as far as step {written}")
        check_steps(result, lesson, done)
        print(f"before step {step}: as it should be")


def check_small(build, lesson, exercise):
    name = f"starters/{lesson.slug}-{exercise}"
    answers = build.starters(f"starters/{lesson.slug}-pristine")
    result = run(build.small_of(lesson, exercise, answers, name))
    result.require_orderly(name)
    if result.status == 0:
        raise Problem(f"{name}: the starter passes its tests")
    print(f"{name}: fails, as it should")


def check(folder, slug):
    build, lesson = Build(folder), Lesson(slug)
    check_layer(build, lesson)
    for exercise in lesson.small_tests:
        check_small(build, lesson, exercise)


main(check, "BUILD", "NN-slug")
