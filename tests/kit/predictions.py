"""A program whose output is to be predicted prints the same each time, a line per question. Written
below their questions these lines pass, also as people type them; what differs from them does not."""

from kit import Build, Lesson, Problem, SOURCE, call, main


def sheet(questions, answers):
    """An answer sheet as a learner fills it in."""
    if not questions:
        return "".join(f"{line}\n" for line in answers)
    parts = (f"# {n}. {question}\n{answer}\n\n"
             for n, (question, answer) in enumerate(zip(questions, answers), 1))
    return "".join(parts)


def as_typed(line, question):
    """A right answer with a unit, as a decimal number, or with commas."""
    if line.replace(".", "").isdigit() and "seconds" in question:
        return f"{float(line)} s"
    return ", ".join(line.upper().split())


def right_sheets(questions, lines):
    typed = [as_typed(*pair) for pair in zip(lines, questions or [""] * len(lines))]
    return [sheet(questions, lines), sheet(questions, typed), sheet([], lines)]


def wrong_sheets(questions, lines):
    """One answer changed, left out or added; two in each other's place."""
    for i, line in enumerate(lines):
        other = str(float(line) + 1) if line.replace(".", "").isdigit() else f"un{line}"
        for answer in (other, f"{line} {line}", f"{line} and more"):
            yield sheet(questions, [*lines[:i], answer, *lines[i + 1:]])
        yield sheet(questions, [*lines[:i], "", *lines[i + 1:]])
        if i > 0 and lines[i - 1] != line:
            yield sheet(questions, [*lines[:i - 1], line, lines[i - 1], *lines[i + 1:]])
    yield sheet([], [*lines, "more"])


def require_verdicts(build, exercise, printed):
    questions, lines = exercise.get("questions", []), printed.splitlines()
    right = right_sheets(questions, lines)
    sheets = right + list(wrong_sheets(questions, lines))
    folder = build.work / "predictions" / exercise["id"]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "printed").write_text(printed)
    for number, text in enumerate(sheets):
        (folder / str(number)).write_text(text)
    files = [folder / str(number) for number in range(len(sheets))]
    judge = [build.folder / "bin/kit-answers", exercise["id"], folder / "printed", *files]
    for number, verdict in enumerate(call(judge, cwd=SOURCE).split()):
        if (verdict == "pass") != (number < len(right)):
            raise Problem(f"{exercise['id']}: {verdict} for\n{sheets[number]}")


def check(folder, slug):
    build, lesson = Build(folder), Lesson(slug)
    for exercise in lesson.exercises:
        if "program" not in exercise:
            continue
        program = build.folder / "bin/programs" / f"{lesson.number}-{exercise['program']}"
        first, second = call([program]), call([program])
        if first != second:
            raise Problem(f"{program.name} prints\n{first}\nand then\n{second}")
        lines, questions = first.splitlines(), exercise.get("questions")
        if not lines or (questions and len(lines) != len(questions)):
            raise Problem(f"{exercise['id']} asks {questions}, {program.name} prints\n{first}")
        require_verdicts(build, exercise, first)
        print(f"{program.name}: {len(lines)} lines, the same twice")


main(check, "BUILD", "NN-slug")
