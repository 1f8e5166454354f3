// Losses for lossref to judge: `lossref check "cmd:java Adapter.java"` starts this (`lossref protocol` explains it).
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

public class Adapter {
    // EDIT HERE: your functions. `lossref list` names the losses, `lossref show huber` has the inputs and options of
    // one. A call is for one example: x.get("logits") has the numbers of an input or option, mostly one. It fills
    // slopes, the gradient in the first input, and returns the value. An exception is answered as an error; Declined
    // says with a reason that you do not take the question: the batch is left out, and counted, not judged.
    static class Declined extends RuntimeException {
        Declined(String reason) {
            super(reason);
        }
    }

    interface Loss {
        double run(Map<String, double[]> x, double[] slopes);
    }

    static final Map<String, Loss> LOSSES = Map.of(
        "sigmoid_cross_entropy", Adapter::sigmoidCrossEntropy, "softmax_cross_entropy", Adapter::softmaxCrossEntropy);

    static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    static double sigmoid(double x) {
        return Math.exp(Math.min(x, 0)) / (1 + Math.exp(-Math.abs(x)));
    }

    static double sigmoidCrossEntropy(Map<String, double[]> x, double[] slopes) {
        double z = x.get("logits")[0], yes = x.get("target")[0], no = 1 - yes;
        // if (yes != 0 && yes != 1) throw new Declined("hard labels only");
        slopes[0] = no * sigmoid(z) - yes * sigmoid(-z); // a label of 0 or 1 leaves one exact tail
        return (no == 0 ? 0 : no * softplus(z)) + (yes == 0 ? 0 : yes * softplus(-z));
    }

    static double softmaxCrossEntropy(Map<String, double[]> x, double[] slopes) {
        double[] z = x.get("logits");
        int target = (int) x.get("target")[0], top = 0;
        double rest = 0, others = 0;
        for (int j = 1; j < z.length; j++) top = z[j] > z[top] ? j : top;
        for (int j = 0; j < z.length; j++) {
            slopes[j] = j == top ? 1 : Math.exp(z[j] - z[top]);
            rest += j == top ? 0 : slopes[j]; // without the largest, 1, in which small ones would drown
            others += j == target ? 0 : slopes[j];
        }
        slopes[target] = -others; // p - 1, without a difference
        for (int j = 0; j < z.length; j++) slopes[j] /= 1 + rest;
        return (target == top ? 0 : z[top] - z[target]) + Math.log1p(rest);
    }

    // The rest can stay as it is.
    static final Pattern HEAD = Pattern.compile(
        "(\"sequence\":\\d+),\"loss\":\"(\\w+)\",\"part\":\"(\\w+)\",\"format\":\"(\\w+)");
    static final Pattern INPUT = Pattern.compile("\"(\\w+)\":(\\[\\[.*?\\]\\]|\\[.*?\\]|\"\\w+\")");

    static double[] decode(String entry) {
        String[] words = entry.replaceAll("[\\[\\]]", "").split(",");
        double[] numbers = new double[words.length];
        for (int j = 0; j < words.length; j++) {
            String bits = words[j].replace("\"", "");
            numbers[j] = bits.length() == words[j].length() ? Double.parseDouble(bits) // a class index
                : bits.length() == 8 ? Float.intBitsToFloat(Integer.parseUnsignedInt(bits, 16))
                : Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16));
        }
        return numbers;
    }

    static String encode(double x, boolean isDouble) {
        return isDouble ? String.format("\"%016x\"", Double.doubleToRawLongBits(x))
            : String.format("\"%08x\"", Float.floatToRawIntBits((float) x));
    }

    static String answer(String line) {
        Matcher head = HEAD.matcher(line), input = INPUT.matcher(line);
        if (!head.find()) throw new IllegalArgumentException(line);
        boolean isValue = head.group(3).equals("value"), isDouble = head.group(4).equals("float64");
        if (!LOSSES.containsKey(head.group(2)) || head.group(3).equals("hessian"))
            return "{\"type\":\"unsupported\"," + head.group(1) + ",\"reason\":\"not in LOSSES\"}";
        if (line.contains("\"reduction\":"))
            return "{\"type\":\"unsupported\"," + head.group(1) + ",\"reason\":\"single examples only\"}";
        List<String> names = new ArrayList<>(), answers = new ArrayList<>();
        List<String[]> batches = new ArrayList<>();
        for (int from = line.indexOf("\"inputs\":{") + 10; input.find(from); from = input.end()) {
            names.add(input.group(1));
            batches.add(input.group(2).split(input.group(2).startsWith("[[") ? "\\],\\[" : ","));
        }
        for (int i = 0; i < batches.get(0).length; i++) {
            Map<String, double[]> x = new HashMap<>();
            for (int k = 0; k < names.size(); k++) {
                String[] batch = batches.get(k);
                x.put(names.get(k), decode(batch[batch.length == 1 ? 0 : i])); // an option is one for all
            }
            double[] slopes = new double[x.get(names.get(0)).length];
            double value = LOSSES.get(head.group(2)).run(x, slopes);
            List<String> row = new ArrayList<>();
            for (double number : isValue ? new double[] {value} : slopes) row.add(encode(number, isDouble));
            answers.add(isValue || !line.contains("\":[[") ? row.get(0) : "[" + String.join(",", row) + "]");
        }
        return "{\"type\":\"result\"," + head.group(1) + ",\"answer\":[" + String.join(",", answers) + "]}";
    }

    static String hello() {
        List<String> losses = new ArrayList<>();
        for (String name : LOSSES.keySet()) losses.add("\"" + name + "\":{\"parts\":[\"value\",\"gradient\"]}");
        return "{\"type\":\"hello\",\"protocol\":2,\"name\":\"mine\",\"language\":\"Java\",\"version\":\"1\","
            + "\"command\":\"java Adapter.java\",\"formats\":[\"float64\",\"float32\"],\"losses\":{"
            + String.join(",", losses) + "}}";
    }

    public static void main(String[] arguments) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = lines.readLine()) != null && !line.startsWith("{\"type\":\"bye\"");) {
            String reply, sequence = line.replaceAll(".*(\"sequence\":\\d+).*", "$1");
            try {
                reply = line.startsWith("{\"type\":\"hello\"") ? hello() : answer(line);
            } catch (Declined declined) {
                reply = "{\"type\":\"unsupported\"," + sequence + ",\"reason\":\"" + declined.getMessage() + "\"}";
            } catch (RuntimeException error) {
                String message = error.toString().replaceAll("[^\\w .:()-]", " ");
                reply = "{\"type\":\"error\"," + sequence + ",\"message\":\"" + message + "\"}";
            }
            System.out.println(reply);
            System.out.flush();
        }
    }
}
