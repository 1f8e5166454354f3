// Reads golden data, or grades answers by it, with the standard library alone (golden/README.md has the formulas):
//   java read_golden.java golden/binary/sigmoid_cross_entropy.float64.jsonl      prints inputs and the right answers
//   java read_golden.java --grade answers.txt golden/binary/sigmoid_cross_entropy.float64.jsonl  grades the answers
// Inputs are printed as `ID NAME NUMBER ...` in decimal digits. Answers, printed or given to be graded, are lines
// `ID PART BITS ...`, such as `66717c3052e5 value 4026000000000000`; one without numbers says that an answer failed.
// The keys of a vector stand in one order, without blanks, so that looking for strings is enough.
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

class ReadGolden {
    static final List<String> PARTS = List.of("value", "gradient", "hessian");
    static final List<String> REGIONS =
        List.of("ordinary", "tail", "cancellation", "kink", "option", "reduction", "range", "special");
    static final int APART = 6; // from here on regions stand beside the headline
    static final List<String> LEVELS = List.of("A+", "A", "B", "C", "D", "F");
    static final double INFINITY = Double.POSITIVE_INFINITY;
    static final Pattern VECTOR = Pattern.compile("\\{\"id\":\"(\\w+)\",\"region\":\"(\\w+)\",.*?,\"inputs\":\\{(.*?)\\},"
        + "\"options\":\\{(.*?)\\},\"value\":(.*),\"gradient\":(.*),\"hessian\":(.*)\\}");
    static final Pattern OBJECT = Pattern.compile("\"rounded\":(.*?),\"residual\":(.*?),\"K\":(.*?),\"S\":([^\\]]*)([^}]*)");
    static final Pattern WORD = Pattern.compile("(\"?)([\\w-]+)\"?(:?)");
    static final Pattern BITS = Pattern.compile("[0-9a-f]{16}|[0-9a-f]{8}");

    // 2^least is the least positive number; all are below 2^top.
    record Format(String name, int precision, int least, int top) {
        double ulp(double x) {
            return Math.scalb(1.0, Math.max(Math.getExponent(x) + 1 - precision, least));
        }

        double ulpOfExact(double rounded, double residual) {
            double unit = ulp(rounded); // just below a power of two the spacing is half of that above
            boolean isBelow = Math.abs(rounded) == Math.scalb(unit, precision - 1) && residual * rounded < 0;
            return isBelow && unit > Math.scalb(1.0, least) ? unit / 2 : unit;
        }
    }

    static final List<Format> FORMATS = List.of(new Format("float64", 53, -1074, 1024), new Format("float32", 24, -149, 128));

    record Row(String id, String region, String inputs, String options, String[] parts) {
        static Row of(String line) {
            Matcher found = VECTOR.matcher(line);
            if (!found.matches()) throw new IllegalArgumentException("no vector: " + line);
            String[] parts = {found.group(5), found.group(6), found.group(7)};
            return new Row(found.group(1), found.group(2), found.group(3), found.group(4), parts);
        }
    }

    // One component; at an exact kink nothing is rounded, and away from one there are no ends: these are null.
    record Truth(Double rounded, double residual, double[] ends, double K, double S) { }

    // The worst of many numbers' errors.
    record Tally(boolean isExact, boolean isLost, double E1, double E2, double E3) {
        static final Tally RIGHT = new Tally(true, false, 0, 0, 0);
        static final Tally FAILED = new Tally(false, false, INFINITY, INFINITY, INFINITY);

        Tally and(Tally other) {
            return new Tally(isExact && other.isExact, isLost || other.isLost,
                Math.max(E1, other.E1), Math.max(E2, other.E2), Math.max(E3, other.E3));
        }
    }

    static double decode(String bits) {
        return bits.length() == 16 ? Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16))
            : Float.intBitsToFloat(Integer.parseUnsignedInt(bits, 16));
    }

    static String encode(double number, Format form) {
        return form.precision == 53 ? String.format("%016x", Double.doubleToRawLongBits(number))
            : String.format("%08x", Float.floatToRawIntBits((float) number));
    }

    // The bits in a list, or in a list of lists, one after the other.
    static double[] numbers(String list) {
        return BITS.matcher(list).results().mapToDouble(found -> decode(found.group())).toArray();
    }

    // Each component of a part; none where it is not judged.
    static List<Truth> truths(Row row, int part) {
        List<Truth> truths = new ArrayList<>();
        double[] values = numbers(row.parts[0].substring(0, row.parts[0].indexOf("\"residual\"")));
        boolean isNaN = Arrays.stream(values).anyMatch(Double::isNaN), isCall = row.options.contains("\"reduction\"");
        if (part > 0 && isNaN && isCall && REGIONS.indexOf(row.region) < APART) return truths; // the mean over nothing
        for (Matcher found = OBJECT.matcher(row.parts[part]); found.find();) {
            double[] rounded = numbers(found.group(1)), K = numbers(found.group(3)), S = numbers(found.group(4));
            double[] ends = numbers(found.group(5));
            String[] residual = found.group(2).replaceAll("[\\[\\]]", "").split(",");
            if (rounded.length == 0 && ends.length == 0) return List.of(); // the loss jumps
            for (int i = 0; i < K.length; i++) {
                truths.add(new Truth(rounded.length == 0 ? null : (Double) rounded[i],
                    rounded.length == 0 ? 0 : Double.parseDouble(residual[i]),
                    ends.length == 0 ? null : new double[] {ends[2 * i], ends[2 * i + 1]}, K[i], S[S.length > 1 ? i : 0]));
            }
        }
        return truths;
    }

    // A power of two by which no sum overflows and no product underflows.
    static double scale(double... numbers) {
        double largest = Arrays.stream(numbers).map(Math::abs).max().getAsDouble();
        return largest < 0x1p-400 ? 0x1p500 : largest > 0x1p1000 ? 0x1p-100 : 1;
    }

    // How far y is outside of [low + rest, high + rest], scaled; an infinity is the first power of two beyond the format.
    static double distance(double y, double low, double high, double rest, double by, Format form) {
        double scaled = Double.isInfinite(y) ? Math.signum(y) * Math.scalb(by, form.top) : y * by;
        return Math.max(Math.max((low * by - scaled) + rest, (scaled - high * by) - rest), 0);
    }

    static Tally measure(double y, Truth truth, Format form) {
        boolean isRounded = truth.rounded != null, hasEnds = truth.ends != null;
        double rounded = isRounded ? truth.rounded : 0, residual = truth.residual / 65536;
        if (Double.isNaN(rounded) || Double.isInfinite(rounded))
            return Double.compare(y, rounded) == 0 ? Tally.RIGHT : Tally.FAILED; // all NaNs are equal to it
        if (Double.isNaN(y)) return Tally.FAILED;
        double low = hasEnds ? truth.ends[0] : rounded, high = hasEnds ? truth.ends[1] : rounded;
        double by = scale(y, low, high, truth.K), near = scale(y, rounded), K = truth.K * by;
        double ulpOfExact = form.ulpOfExact(rounded, residual);
        double ulp = hasEnds ? form.ulp(Math.max(Math.abs(low), Math.abs(high))) : ulpOfExact;
        double rest = hasEnds ? 0 : residual * (form.ulp(rounded) * by);
        double outside = distance(y, low, high, rest, by, form), E1 = outside / (ulp * by);
        if (isRounded)
            E1 = distance(y, rounded, rounded, residual * (form.ulp(rounded) * near), near, form) / (ulpOfExact * near);
        double leastNormal = Math.scalb(1.0, form.least + form.precision - 1);
        double E3 = 2 * outside / (Math.max(truth.S, leastNormal) * by * Math.scalb(1.0, 1 - form.precision) + K);
        double least = Math.min(Math.abs(low), Math.abs(high)) * by, inward = low > 0 ? rest : -rest;
        boolean hasSign = low > 0 && high > 0 || low < 0 && high < 0, isOther = low > 0 ? y <= 0 : y >= 0;
        boolean matters = hasSign && (least - leastNormal * by) + inward >= 0 && (least - 4 * K) + inward > 0;
        return new Tally(isRounded ? y == rounded : outside == 0,
            matters && outside > 0 && (isOther || Double.isInfinite(y)),
            E1, 2 * outside / (ulp * by + K), Double.isInfinite(y) && E3 > 16 ? INFINITY : E3);
    }

    // The place in LEVELS.
    static int grade(Tally worst, Format form) {
        if (worst.isExact) return 0;
        if (worst.E1 <= 1 && !worst.isLost) return 1;
        if (worst.E2 <= 8 && !worst.isLost) return 2;
        if (worst.E3 <= 16) return 3;
        return worst.E3 <= Math.pow(2, form.precision / 2.0) ? 4 : 5;
    }

    static void gradeFile(String loss, Format form, List<Row> rows, Map<String, List<String>> answers) {
        for (int part = 0; part < 3; part++) {
            Tally[] tallies = new Tally[REGIONS.size()];
            String head = loss + " " + form.name + " " + PARTS.get(part) + " ";
            for (Row row : rows) {
                List<Truth> expected = truths(row, part);
                List<String> got = answers.get(row.id + " " + PARTS.get(part));
                if (expected.isEmpty() || got == null) continue;
                int region = REGIONS.indexOf(row.region);
                Tally worst = got.size() == expected.size() ? Tally.RIGHT : Tally.FAILED;
                for (int i = 0; i < expected.size() && !worst.equals(Tally.FAILED); i++)
                    worst = worst.and(measure(decode(got.get(i)), expected.get(i), form));
                tallies[region] = tallies[region] == null ? worst : tallies[region].and(worst);
            }
            int counted = -1, apart = -1;
            for (int region = 0; region < tallies.length; region++) {
                if (tallies[region] == null) continue;
                int level = grade(tallies[region], form);
                System.out.println(head + REGIONS.get(region) + " " + LEVELS.get(level));
                if (region < APART) counted = Math.max(counted, level);
                else apart = Math.max(apart, level);
            }
            int headline = counted < 0 ? apart : counted;
            if (headline >= 0) System.out.println(head + "headline " + LEVELS.get(headline));
        }
    }

    static void printRow(Row row, Format form) {
        StringBuilder text = new StringBuilder();
        for (Matcher word = WORD.matcher(row.inputs + "," + row.options); word.find();) {
            boolean isBits = !word.group(1).isEmpty() && BITS.matcher(word.group(2)).matches();
            if (!word.group(3).isEmpty()) text.append(text.length() > 0 ? "\n" : "").append(row.id + " " + word.group(2));
            else text.append(" ").append(isBits ? decode(word.group(2)) : word.group(2));
        }
        for (int part = 0; part < 3; part++) {
            List<Truth> found = truths(row, part); // at a kink the least slope stands for all
            if (!found.isEmpty()) text.append("\n" + row.id + " " + PARTS.get(part));
            for (Truth truth : found)
                text.append(" ").append(encode(truth.rounded == null ? truth.ends[0] : truth.rounded, form));
        }
        System.out.println(text);
    }

    public static void main(String[] arguments) throws IOException {
        boolean isGrading = arguments[0].equals("--grade");
        Map<String, List<String>> answers = new HashMap<>();
        for (String line : isGrading ? Files.readAllLines(Path.of(arguments[1])) : List.<String>of()) {
            List<String> words = List.of(line.trim().split(" "));
            answers.put(words.get(0) + " " + words.get(1), words.subList(2, words.size()));
        }
        for (int k = isGrading ? 2 : 0; k < arguments.length; k++) {
            List<String> lines = Files.readAllLines(Path.of(arguments[k]));
            Matcher header = Pattern.compile("\"loss\":\"(\\w+)\".*\"format\":\"(\\w+)\"").matcher(lines.get(0));
            if (!header.find()) throw new IllegalArgumentException(arguments[k] + " is no golden data");
            Format form = FORMATS.get(header.group(2).equals("float64") ? 0 : 1); // the first line is for all others
            List<Row> rows = lines.stream().skip(1).map(Row::of).toList();
            if (isGrading) gradeFile(header.group(1), form, rows, answers);
            else for (Row row : rows) printRow(row, form);
        }
    }
}
